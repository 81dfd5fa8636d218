import type { ResetMember } from '../../lib/contract/reset-event.ts'

/** Whether the event named ids for this person, in this row or in one that was tried before. Only then is "not found" a mistake. */
export function namesIds(row: ResetMember): boolean {
  return Boolean(row.organization_id || row.member_id || row.idstried)
}
