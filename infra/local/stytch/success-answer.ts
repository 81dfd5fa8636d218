import type { SimulatedMember, SimulatedOrganization } from './create-project-state.ts'
import { type Answer, jsonAnswer } from './json-answer.ts'
import { memberObject } from './member-object.ts'
import { organizationObject } from './organization-object.ts'
import type { SimulatorSettings } from './simulator-settings.ts'

export type SuccessDetails = {
  requestId: string
  member: SimulatedMember
  organization: SimulatedOrganization
  /** The password as it is after the call. */
  passwordId: string | undefined
}

/** The 200 of require_reset, full or minimal by the settings; both are legal by Stytch's OpenAPI document. */
export function successAnswer(
  { requestId, member, organization, passwordId }: SuccessDetails,
  settings: Pick<SimulatorSettings, 'answer' | 'absentStrings'>,
): Answer {
  const required = { request_id: requestId, status_code: 200 }
  if (settings.answer === 'minimal') return jsonAnswer(200, required)
  const absent = settings.absentStrings === 'null' ? null : ''
  return jsonAnswer(200, {
    ...required,
    member_id: member.memberId,
    member: memberObject(member, { passwordId, absent }),
    organization: organizationObject(organization, { absent }),
  })
}
