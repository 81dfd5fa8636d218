import { randomUUID } from 'node:crypto'
import type { Answer } from '../json-answer.ts'
import { successAnswer } from '../success-answer.ts'

/** A flawless full 200 about a member and an organization that nobody knows. */
export function strangerAnswer({ requestId, email }: { requestId: string; email: string }): Answer {
  const organizationId = `organization-test-${randomUUID()}`
  const createdAt = 0
  return successAnswer(
    {
      requestId,
      organization: { organizationId, slug: 'stranger', name: 'Stranger', suspended: false, createdAt },
      member: {
        memberId: `member-test-${randomUUID()}`,
        organizationId,
        email,
        name: 'Stranger',
        status: 'active',
        breakGlass: false,
        createdAt,
      },
      passwordId: undefined,
    },
    { answer: 'full', absentStrings: '""' },
  )
}
