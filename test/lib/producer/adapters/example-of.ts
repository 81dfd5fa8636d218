import { readFileSync } from 'node:fs'

/** The vendor's document in docs/examples/vendors, with a planted secret in each field that can hold one. */
export function exampleOf(vendor: string): unknown {
  const url = new URL(`../../../../docs/examples/vendors/${vendor}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}
