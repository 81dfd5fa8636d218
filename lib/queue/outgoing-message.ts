/** A message to send. Attributes are strings; `delaySeconds` 0 to 900; `groupId` makes the queue fair between events. */
export type OutgoingMessage = {
  body: string
  attributes?: Record<string, string>
  delaySeconds?: number
  groupId?: string
}
