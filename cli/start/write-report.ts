import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { readEvent } from '../../lib/progress/progress-table.ts'
import { toDeliveries } from '../progress/deliveries.ts'
import { toPage } from '../report/page.ts'
import { toPeople } from '../report/people.ts'
import { writePrivately } from '../report/write-file.ts'
import { UsageError } from '../terminal.ts'

/** Writes the report of an event's first delivery, with the addresses of its made-up people, as `breach-reset report --people` does. */
export async function writeReport(
  { dynamoDB, progress }: Pick<LocalSystem, 'dynamoDB' | 'progress'>,
  { source, id, data }: UncheckedBreachEvent,
  file: string,
): Promise<void> {
  const history = toDeliveries(await readEvent({ dynamoDB, table: progress.table }, { source, id }))
  const [first] = history
  if (!first) throw new UsageError('--report: nothing is known of the event')
  await writePrivately(file, toPage(first, history, toPeople(data.members)), { flag: '--report' })
}
