export const ENDPOINTS = [
  'require_reset',
  'search_organizations',
  'search_members',
  'revoke',
  'read_back',
] as const
export type Endpoint = (typeof ENDPOINTS)[number]
