/**
 * What must never be told: an address, the same percent-encoded, and a password. `findLeaks` knows them by their mark, which no
 * identifier and no opaque id can hold.
 */
export const PLANTED = {
  email: 'ada@leak.example',
  encoded: 'ada%40leak.example',
  password: 'hunter2 §leak',
}
