/**
 * Who sent a message, out of SQS's attribute `SenderId`: the unique id of a role (`AROA…`) or user (`AIDA…`), or the number of an account. What
 * follows the colon is left out: the name of a role's session, which people choose and which may be an e-mail address. `unknown`: anything else.
 */
export function readSenderId(senderId = ''): string {
  const [id = ''] = senderId.split(':')
  return SENDER_ID.test(id) ? id : 'unknown'
}

export const SENDER_ID = /^[A-Z0-9]{12,128}$/
