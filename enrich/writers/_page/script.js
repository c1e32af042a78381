// The script of a page; without it the page shows everything, too. It reads only the page itself.
// `python -m tests.page.minify` makes script.py from it.
document.documentElement.className = "js";
addEventListener("DOMContentLoaded", () => {
  const doc = document;
  const by = id => doc.getElementById(id);
  const all = (selector, within = doc) => [...within.querySelectorAll(selector)];
  const attempt = act => { try { return act(); } catch {} };
  const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const form = by("tools");
  const {q, series, from, to, sort, hide} = form.elements;
  const sections = all("main>section");
  const boxes = all("[data-k]").map(e => {
    let box = by("off");
    if (e.id != "help") {
      e.insertAdjacentHTML("afterbegin", "<label class=tick><input type=checkbox> read</label>");
      box = e.firstChild.firstChild;
      box.ariaLabel = "read: " + e.querySelector("h3,h4").textContent;
    }
    return {box, e, key: e.dataset.k, ids: e.dataset.k.split(" ").map(id => "enrich:" + id)};
  });
  let view, entries, current, order = 0;
  const shown = () => all("article:not([hidden])", view.querySelector("article") ? view : sections[0]);
  const say = text => { by("count").textContent = text; };

  const count = () => {
    const some = shown().length, list = all("article", view).length;
    say(some < list || list > 1 ? (some < list ? some + " of " : "") + list + " " + view.id : "");
  };

  // The texts to search, collected at first use or when the page is idle.
  const load = () => entries ??= all("article").map(e => ({
    e, up: e.parentNode, days: e.dataset.d.split(" "), groups: e.dataset.s.split(" "), ranks: e.dataset.o.split(" "),
    text: fold(all("h3,h4,.facts,.text,.talks", e).map(part => part.textContent).join("\n")),
  }));
  const run = () => {
    load();
    const words = (fold(q.value).match(/-?"[^"]*"?|\S+/g) || []).map(w => [w[0] != "-", w.replace(/^-|"/g, "")]);
    const gone = new Set;
    for (const {e, days, groups, text} of entries) {
      e.hidden = words.some(([wanted, word]) => word && text.includes(word) != wanted) || hide.checked && e.matches(".seen")
        || !days.some((day, i) => (!series?.value || groups[i] == series.value) && (!from.value || day >= from.value)
          && (!to.value || day && day <= to.value));
      if (e.hidden) gone.add(e.dataset.n);
    }
    if (view.id == "timeline") all("#timeline [data-n]").forEach(e => e.toggleAttribute("hidden", gone.has(e.dataset.n)));
    if (order != sort.value) {
      order = sort.value;
      entries.toSorted((a, b) => a.ranks[order] - b.ranks[order]).forEach(({e, up}) => up.append(e));
    }
    count();
  };

  // The view is the section that the address names, or the section of the named entry.
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

  // Ticks are kept under each id of a work.
  const mark = ({box, e}, on) => e.classList.toggle("seen", box.checked = on);
  doc.onchange = ({target}) => {
    const tick = boxes.find(({box}) => box == target);
    if (!tick) return;
    boxes.forEach(other => other.key == tick.key && mark(other, target.checked));
    tick.ids.forEach(id => attempt(() => target.checked ? localStorage[id] = 1 : delete localStorage[id]));
    if (hide.checked) run();
  };

  const copy = async (text, what) => {
    try { await navigator.clipboard.writeText(text); } catch { prompt("", text); }
    say(what + " copied");
  };
  const bibOf = link => by(link.getAttribute("href").slice(1)).textContent + "\n";
  const bibtex = list => copy([...new Set(list.flatMap(e => all("[href^='#bib:']", e)).map(bibOf))].join("\n"), "BibTeX");
  const lines = e => all("h3,h4", e).map(h => (h.matches("h4") ? "- " : "")
    + [h.textContent, h.nextSibling?.textContent, h.firstChild.href].filter(Boolean).join(" · ") + "\n").join("");
  const buttons = {
    today: () => {
      from.value = new Date().toLocaleDateString("sv");
      run();
    },
    bibtex: () => bibtex(shown()),
    list: () => copy(shown().map(lines).join("\n"), "List"),
    json: () => {
      const a = doc.createElement("a");
      a.href = URL.createObjectURL(new Blob([by("data").textContent]));
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

  doc.addEventListener("focusin", event => { current = event.target.closest("article") || current; });
  const move = step => {
    const list = shown();
    const next = list[Math.max(list.indexOf(current) + step, 0)] || list.at(-1);
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
  };
  const keys = {
    "/": () => q.focus(), j: () => move(1), k: () => move(-1), "?": () => by("help").togglePopover(),
    o: () => current?.querySelector("summary")?.click(), c: () => current && bibtex([current]),
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

  // The reader's local time, followed by the talk's own.
  const local = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
  all(".when time[datetime$=Z]").forEach(time => attempt(() => {
    const own = time.textContent, mine = local.format(new Date(time.dateTime)).replace(",", "");
    if (mine.startsWith(own.replace(/ \S+$/, ""))) return;
    time.insertAdjacentHTML("afterend", " <small></small>");
    time.parentNode.lastChild.textContent = own.replace(mine.split(", ")[0] + ", ", "");
    time.textContent = mine;
  }));
  attempt(() => boxes.forEach(tick => mark(tick, tick.ids.some(id => localStorage[id]))));
  show();
  setTimeout(load, 500);
});
