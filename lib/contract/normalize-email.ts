/** Stytch's cross-organization passwords are one per e-mail: this is what makes two rows the same person. */
export function normalizeEmail(emailAddress: string): string {
  return emailAddress.trim().toLowerCase()
}
