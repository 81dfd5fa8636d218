/** Enough of an address to recognize it on the screen, not enough to use it: `a***@c***.example`. */
export function maskEmail(address: string): string {
  const [local = '', domain = ''] = address.split('@')
  const [name = '', ...rest] = domain.split('.')
  return `${local.slice(0, 1)}***@${name.slice(0, 1)}***.${rest.join('.')}`
}
