import { groupByPerson } from '../../lib/contract/group-by-person.ts'
import type { Member } from '../../lib/contract/member.ts'
import type { Scenario } from './scenario.ts'

/** Makes everybody in the rows a member of the simulated project, with the ids they name, and with a password set at `setAt` (ms). */
export async function populateMembers(
  stytch: Parameters<Scenario['populate']>[0],
  rows: readonly Member[],
  setAt: number,
): Promise<void> {
  const elsewhere = stytch.addOrganization().organizationId
  const named = new Set(rows.flatMap(({ organization_id }) => organization_id ?? []))
  for (const organizationId of named) stytch.addOrganization({ organizationId })
  const takenIds = new Set<string>()
  for (const [first] of groupByPerson(rows, ({ email_address }) => email_address)) {
    if (!first) continue
    const { email_address: email, organization_id: organizationId = elsewhere, member_id: memberId } = first
    const free = memberId !== undefined && !takenIds.has(memberId)
    if (free) takenIds.add(memberId)
    stytch.addMember({ email, organizationId, ...(free && { memberId }) })
    stytch.setPassword(email, setAt)
  }
}
