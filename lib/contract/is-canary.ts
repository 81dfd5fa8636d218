import { CANARY_ADDRESS, CANARY_SOURCE } from './canary-event.ts'

/** Whether an event is a canary, about nobody: anybody can give the source, but only the made-up address, without ids, names nobody. */
export function isCanary(source: string, members: readonly unknown[]): boolean {
  return source === CANARY_SOURCE && members.every(isMadeUp)
}

function isMadeUp(row: unknown): boolean {
  return (
    typeof row === 'object' &&
    row !== null &&
    !('organization_id' in row) &&
    !('member_id' in row) &&
    'email_address' in row &&
    typeof row.email_address === 'string' &&
    CANARY_ADDRESS.test(row.email_address)
  )
}
