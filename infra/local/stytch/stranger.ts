import { randomUUID } from 'node:crypto'
import type { SimulatedMember } from './project.ts'

/** A member who does not exist. */
export function madeUpMember({
  organizationId,
  email = 'stranger@stranger.invalid',
}: {
  organizationId: string
  email?: string
}): SimulatedMember {
  const memberId = `member-test-${randomUUID()}`
  return {
    ...{ memberId, organizationId, email },
    name: 'Stranger',
    status: 'active',
    breakGlass: false,
    createdAt: 0,
  }
}
