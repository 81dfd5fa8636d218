import type { Stage } from '../stage.ts'

/** Where a section of the runbook is read: a link when the stage says where, otherwise the place in this repository. */
export function runbookLink({ runbookUrl = 'docs/runbook.md' }: Stage, section: string): string {
  return `${runbookUrl}#${section.toLowerCase()}`
}
