import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'

/** The envelopes that the contract names, each by the function that puts a value into it. */
export const wrapIn = {
  sns: (inner: unknown) => ({ Type: 'Notification', MessageId: 'm1', Message: JSON.stringify(inner) }),
  bus: (inner: unknown) => ({ Data: inner, Metadata: {} }),
  busText: (inner: unknown) => ({ Data: JSON.stringify(inner), SystemMetadata: {} }),
  eventBridge: (inner: unknown) => ({
    'detail-type': BREACH_EVENT_TYPE,
    id: 'e1',
    source: 'detector',
    time: '2026-11-20T10:00:00Z',
    detail: inner,
  }),
}
