import fc from 'fast-check'
import { hostileText } from './hostile-text.ts'

const edit = fc.record({
  op: fc.constantFrom('cut off', 'take out', 'put in', 'repeat key'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(20),
  text: fc.oneof(hostileText, fc.constantFrom('1e400', '-1e400', '12345678901234567890', '[', '{', '\ufeff')),
})

/** The texts of `base`, one in three after an edit that knows nothing of their meaning, or that gives an object a key twice. */
export function editedText(base: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(base, fc.option(edit, { freq: 1 })).map(([text, step]) => {
    if (!step) return text
    const at = Math.floor(step.at * text.length)
    if (step.op === 'cut off') return text.slice(0, at)
    if (step.op === 'take out') return text.slice(0, at) + text.slice(at + step.length)
    if (step.op === 'put in') return text.slice(0, at) + step.text + text.slice(at)
    const [key] = /"\w+":/.exec(text.slice(at)) ?? []
    const value = /^-?\d/.test(step.text) ? step.text : JSON.stringify(step.text)
    return key ? text.replace(/\}(?=[^}]*$)/, `,${key}${value}}`).replace(key, `${key}${value},${key}`) : text
  })
}
