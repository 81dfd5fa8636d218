/** A message move task, with the fields that ListMessageMoveTasks answers. */
export type MoveTask = {
  TaskHandle: string
  Status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  SourceArn: string
  DestinationArn?: string | undefined
  MaxNumberOfMessagesPerSecond?: number | undefined
  ApproximateNumberOfMessagesMoved: number
  ApproximateNumberOfMessagesToMove: number
  FailureReason?: string
  StartedTimestamp: number
}
