/** The codes of dead letters that are kept as they came. */
export const VERBATIM: readonly string[] = ['not_json', 'in_future', 'invalid_member']
