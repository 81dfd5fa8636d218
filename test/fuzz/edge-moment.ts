import fc from 'fast-check'

/** Dates and timestamps, legal and not, at the edges of calendars, of RFC 3339 and of what this project allows around 2026-11-20T12:00:00Z. */
export const edgeMoment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...['0000-01-01', '0000-02-29T00:00:00Z', '1969-12-31', '1970-01-01', '9999-12-31', '2026-02-30'],
    ...['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00+23:59'],
    ...['2016-12-31T23:59:60Z', '2026-11-20T24:00:00Z', '2026-11-20T10:00Z', '2026-11-20t10:00:00z'],
    ...['9999-12-31T23:59:59-23:59', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z'],
    ...['2026-11-20', '2026-11-21', '2026-11-20T12:05:00Z', '2026-11-20T12:05:00.001Z'],
    ...['2026-11-20T14:00:00+02:00', '2026-11-20T00:00:00-23:59', '2026-11-20T10:00:00-00:00'],
    `2026-11-20T10:00:00.${'1'.repeat(2000)}Z`,
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
)
