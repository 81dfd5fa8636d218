import { INPUT_USAGE } from '../input/input-usage.ts'

export const SEND_USAGE = `usage: breach-reset send FILE|- (--stage NAME | --queue-url URL | --local | --dry-run) [--skip-invalid] [--json]

Checks breach events and puts them on the breach queue, if all of them keep the contract.
${INPUT_USAGE}

  --stage NAME           the deployed stage: stack BreachReset-<stage>, with the AWS CLI's credentials and region
  --stack NAME           the stack, when it is not BreachReset-<stage>
  --queue-url URL        the breach queue, of any account
  --local                boots the system on this machine, makes everybody a member of a simulated Stytch, sends, and says what
                         became of them
  --dry-run              sends nothing, and says what would be sent (--mode dry_run is another thing: sent, and nobody reset)
  --skip-invalid         sends the rest when something breaks the contract
  --resume TOKEN         goes on where an earlier send of the same input stopped, which printed the token
  --json                 one object: what was read, and for each event whether it is on the queue

exit code 0: everything is on the queue
          1: not everything is; it says how to go on
          2: unusable arguments or file
          3: something breaks the contract: nothing was sent, or with --skip-invalid the rest
        130: interrupted with Ctrl-C, 128 + signal by another; it says how to go on

  breach-reset send event.json --stage prod
  breach-reset send members.csv --reason infostealer --exposed-at 2026-11-18 --breach hibp:ExampleForum2026 --stage prod
  breach-reset send docs/examples/vendors/spycloud.json --from spycloud --local --skip-invalid
  cat harvest.ndjson | breach-reset send - --dry-run`
