"""`enrich lookup`: papers by id or address, without a feed."""

from __future__ import annotations

from typing import Any

import click

from enrich.cli.options import enricher_options, lookup_options, printing_log, say
from enrich.cli.reporting import Outcome


@click.command(
    help="Look papers up by id or address (2103.01338v2, math.AG/0601001, openreview:FpKgG31Z_i9) "
    "and print the array of papers."
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@lookup_options
def command(ids: tuple[str, ...], **options: Any) -> int:
    """Look the ids up and print their papers."""
    from enrich.annotation import describe_unknown_version
    from enrich.document import encode_indented
    from enrich.enricher import Enricher
    from enrich.identity import relate_papers, select_versions
    from enrich.paper import paper_object
    from enrich.references.extract import parse_citation

    wanted = [parse_citation(id_) for id_ in ids]
    verbose = bool(options["verbose"])
    with printing_log(verbose=verbose), Enricher(**enricher_options(options)) as enricher:
        found, report = enricher.lookup_with_report(ids)
        papers = relate_papers(select_versions(found, wanted))
        outcome = Outcome()
        outcome.add(papers)
        click.echo(encode_indented([paper_object(paper) for paper in papers.values()]))
        for id_, version in wanted:
            if message := describe_unknown_version(version, papers[id_]):
                say(message)
        if not options["quiet"]:
            say(outcome.summary_line(report))
    return outcome.status
