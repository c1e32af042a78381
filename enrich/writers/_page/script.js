// Script of the page. Without it, the page still shows everything. It reads only the page itself.
// `python -m tests.page.minify` makes script.py from it.
document.documentElement.className = "js";
addEventListener("DOMContentLoaded", () => {
  const doc = document;
  const by = id => doc.getElementById(id);
  const all = (selector, within = doc) => [...within.querySelectorAll(selector)];
  const text = e => e?.textContent;
  const attempt = act => { try { return act(); } catch {} };
  // A NUL marks the start of each word, and each letter of a script without small letters.
  const fold = line => line.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/(?<![\p{Ll}\d])/gu, "\0");
  const form = by("tools");
  const {q, series, from, to, sort, hide} = form.elements;
  const sections = all("main>section");
  const boxes = all("[data-k]").map(e => {
    let box = by("off");
    if (e.id != "help") {
      e.insertAdjacentHTML("afterbegin", "<label class=tick><input type=checkbox> read</label>");
      box = e.firstChild.firstChild;
      box.ariaLabel = "read: " + text(all("h3,h4", e)[0]);
    }
    return {box_: box, e, key_: e.dataset.k, ids_: e.dataset.k.split(" ").map(id => "enrich:" + id)};
  });
  let view, entries, current, order = 0;
  const shown = () => all("article:not([hidden])", all("article", view)[0] ? view : sections[0]);
  const say = line => { by("count").textContent = line; };

  const count = () => {
    const some = shown().length, list = all("article", view).length;
    say(some < list || list > 1 ? (some < list ? some + " of " : "") + list + " " + view.id : "");
    by("none").hidden = some || !list;
  };

  // The texts to search. They are collected at first use or when the page is idle.
  const load = () => entries ??= all("article").map(e => ({
    e, up_: e.parentNode, days_: e.dataset.d.split(" "), groups_: e.dataset.s.split(" "), ranks_: e.dataset.o.split(" "),
    own_: fold(all("h3,h4,.facts,.text", e).map(text).join("\n")),
    talks_: all(".talks li", e).map(talk => fold(text(talk))),
  }));
  const run = () => {
    load();
    const words = (q.value.match(/-?"[^"]*"?|\S+/g) || []).map(w => [w[0] != "-", fold(w.replace(/^-|"/g, ""))]);
    const gone = new Set;
    for (const {e, days_, groups_, own_, talks_} of entries) {
      e.hidden = hide.checked && e.matches(".seen,:has(.seen):not(:has(li:not(.seen)))")
        || !days_.some((day, i) => (!series?.value || groups_[i] == series.value) && (!from.value || day >= from.value)
          && (!to.value || day && day <= to.value)
          && words.every(([wanted, word]) => !word[1] || (own_ + (talks_[i] || "")).includes(word) == wanted));
      if (e.hidden) gone.add(e.dataset.n);
    }
    if (view.id == "timeline") all("#timeline [data-n]").forEach(e => e.toggleAttribute("hidden", gone.has(e.dataset.n)));
    if (order != sort.value) {
      order = sort.value;
      entries.toSorted((a, b) => a.ranks_[order] - b.ranks_[order]).forEach(({e, up_}) => up_.append(e));
    }
    count();
  };

  // The view is the section that the URL names, or the section of the entry that it names.
  const show = () => {
    const target = by(attempt(() => decodeURIComponent(location.hash.slice(1))));
    view = target?.closest("main>section") || view || sections[0];
    sections.forEach(section => { section.hidden = section != view; });
    all("nav a").forEach(a => { a.ariaCurrent = a.hash == "#" + view.id ? "page" : null; });
    if (entries) run();
    current = target?.closest("article");
    if (current) {
      current.hidden = false;
      target.scrollIntoView();
    }
    count();
  };

  // A tick is stored under each id of a work.
  const mark = ({box_, e}, on) => e.classList.toggle("seen", box_.checked = on);
  doc.onchange = ({target}) => {
    const tick = boxes.find(({box_}) => box_ == target);
    if (!tick) return;
    boxes.forEach(other => other.key_ == tick.key_ && mark(other, target.checked));
    tick.ids_.forEach(id => attempt(() => target.checked ? localStorage[id] = 1 : delete localStorage[id]));
    run();
  };

  const copy = async (content, what) => {
    if (!content) return say("nothing to copy");
    try { await navigator.clipboard.writeText(content); } catch { prompt("", content); }
    say(what + " copied");
  };
  const bibOf = link => text(by(link.getAttribute("href").slice(1))) + "\n";
  const bibtex = list => copy([...new Set(list.flatMap(e => all("[href^='#bib:']", e)).map(bibOf))].join("\n"), "BibTeX");
  const lines = e => all("h3,h4", e).map(h => (h.matches("h4") ? "- " : "")
    + [h.matches(".talk h3") && text(all(".when", e)[0]), ...[...h.childNodes, h.nextSibling].map(part => text(part)?.trim()),
      h.firstChild.href].filter(Boolean).join(" · ") + "\n").join("");
  const buttons = {
    today: () => {
      from.value = new Date().toLocaleDateString("sv");
      run();
    },
    bibtex: () => bibtex(shown()),
    list: () => copy(shown().map(lines).join("\n"), "List"),
    json: () => {
      const a = doc.createElement("a");
      a.href = URL.createObjectURL(new Blob([text(by("data"))]));
      a.download = "talks.json";
      a.click();
    },
  };
  doc.onclick = event => {
    const a = event.target.closest("[href^='#bib:']");
    buttons[event.target.id]?.();
    if (!a) return;
    event.preventDefault();
    copy(bibOf(a), "BibTeX");
    a.textContent = "BibTeX copied";
  };

  addEventListener("focusin", event => { current = event.target.closest("article") || current; });
  const move = step => {
    const list = shown();
    const next = list[Math.max(list.indexOf(current) + step, 0)] || list.at(-1);
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
  };
  const keys = {
    "/": () => q.focus(), j: () => move(1), k: () => move(-1), "?": () => by("help").togglePopover(),
    o: () => current && all("summary", current)[0]?.click(), c: () => current && bibtex([current]),
    x: () => current && all("input", current)[0].click(),
  };
  doc.onkeydown = event => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || by("off").checked
      || event.target.matches("input:not([type=checkbox]),select")) return;
    event.preventDefault();
    act();
  };
  form.oninput = run;
  form.onreset = () => { setTimeout(run); };
  onhashchange = show;

  // The reader's local time, followed by the time at the talk's place.
  all(".when time[datetime$=Z]").forEach(time => attempt(() => {
    const own = text(time), [weekday, month, day, year, clock, zone] = (new Date(time.dateTime) + "").split(" ");
    const mine = `${weekday} ${+day} ${month} ${year}, ${clock.slice(0, 5)} ${zone.replace(/00$/, "")}`;
    if (mine.startsWith(own.replace(/ \S+$/, ""))) return;
    time.insertAdjacentHTML("afterend", " <small></small>");
    time.parentNode.lastChild.textContent = own.replace(mine.split(", ")[0] + ", ", "");
    time.textContent = mine;
  }));
  attempt(() => boxes.forEach(tick => mark(tick, tick.ids_.some(id => localStorage[id]))));
  show();
  setTimeout(load, 500);
});
