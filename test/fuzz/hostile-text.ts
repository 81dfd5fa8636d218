import fc from 'fast-check'
import { PLANTED } from './planted.ts'

/** Text that breaks naive code: planted values, names of prototypes, Unicode that XML, JSON or case folding trips over, long text. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...Object.values(PLANTED), '__proto__', 'constructor', 'toString'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['', ' ', '\0', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffe', '\uffff', '\ud800', '\udfff'],
      ...[
        '\u202eelpmaxe.kael@ada',
        'e\u0301@x.example',
        '\u200bada@x.example',
        'İ@x.example',
        'ΑΣ@x.example',
      ],
      ...['"', '\\', '\\u0000', "'", '$&', '%', '{}', '[', '1e400', '-0', '0x1'],
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(128, 320, 321, 512, 5000).map((length) => 'x'.repeat(length)) },
)
