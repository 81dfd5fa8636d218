import { adapters } from '../../lib/producer/adapters/adapters.ts'

/** What commands that read events read, and the options that say how. */
export const INPUT_USAGE = `
  reads breach events: in JSON one or a list, in NDJSON one on each line (docs/contract.md);
        a list of members: CSV with a column email_address or email, and, if you are sure of them, organization_id and member_id;
        with --from, what a vendor gives: ${Object.keys(adapters).join(', ')}.
  - is standard input. A list that is longer than --members-per-event is cut into several events.

  --from VENDOR          reads the vendor's JSON; examples are in docs/examples/vendors
  --reason REASON        for CSV, needed: third_party_breach, infostealer, phished, combolist, internal_incident or manual
  --exposed-at WHEN      for CSV, needed: the latest moment the passwords can have been captured, a date or a timestamp; whoever
                         was reset since is not reset again
  --breach CATALOG:ID    for CSV: which breach, such as hibp:ExampleForum2026
  --severity, --mode     for CSV: low, medium, high or critical; enforce or dry_run
  --source, --id         for CSV: how the events are named, unless urn:breach-reset:list and list-<time>
  --time TIMESTAMP       for CSV: when the list was made; unless given, when the file was written, so that sending it again repeats it
  --expirytime, --correlationid  for CSV: a timestamp past which nobody is reset; your ticket
  --members-per-event N  the stage's maxMembersPerEvent, 1000 unless given`
