const ADDRESS = /^([\p{L}\p{N}\p{P}\p{S}])[^@\s]*@([\p{L}\p{M}\p{N}·・.-]+)$/u

/** An e-mail address as a screen may show it, such as `a…@customer.example`. What does not look like one is `…`. */
export function maskAddress(address: string): string {
  const [, first, domain] = ADDRESS.exec(address.trim()) ?? []
  return domain === undefined ? '…' : `${first}…@${domain}`
}
