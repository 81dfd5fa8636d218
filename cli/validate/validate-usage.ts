import { INPUT_USAGE } from '../input/input-usage.ts'

export const VALIDATE_USAGE = `usage: breach-reset validate FILE|- [--json]

Says whether breach events keep the contract, before anything is sent: line, field and rule of what does not.
${INPUT_USAGE}
  --json                 one object: valid, events, members, faults, notes

exit code 0: valid
          2: unusable arguments or file
          3: not valid

  breach-reset validate event.json
  breach-reset validate harvest.ndjson --json
  breach-reset validate page.json --from spycloud
  breach-reset validate members.csv --reason infostealer --exposed-at 2026-11-18`
