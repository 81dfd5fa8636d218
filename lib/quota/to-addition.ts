import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'

const number = (value: number) => ({ N: String(value) })

/** The request that adds members to a minute of a row, if that is its latest minute and all its minutes together have room for them. */
export function toAddition(
  row: { table: string; id: string },
  minute: number,
  { members, mostPerHour }: { members: number; mostPerHour: number },
): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName: row.table,
    Key: { id: { S: row.id } },
    ConditionExpression: '#head = :minute AND #total <= :room',
    UpdateExpression:
      'SET #total = #total + :members, #minutes.#minute = if_not_exists(#minutes.#minute, :none) + :members',
    ExpressionAttributeNames: {
      ...{ '#head': 'head', '#total': 'total', '#minutes': 'minutes' },
      '#minute': String(minute),
    },
    ExpressionAttributeValues: {
      ...{ ':minute': number(minute), ':room': number(mostPerHour - members) },
      ...{ ':members': number(members), ':none': number(0) },
    },
  })
}
