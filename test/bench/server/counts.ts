/** What the server was asked since the counts were last taken. Capacity units as DynamoDB bills them. */
export type Counts = {
  stytchCalls: number
  dynamoDbRequests: number
  writeUnits: number
  readUnits: number
  secretReads: number
}

export const NOTHING: Counts = {
  stytchCalls: 0,
  dynamoDbRequests: 0,
  writeUnits: 0,
  readUnits: 0,
  secretReads: 0,
}
