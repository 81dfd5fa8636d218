/** One colour per meaning, in every widget. */
export const COLORS = {
  good: '#2ca02c',
  neutral: '#8c8c8c',
  waiting: '#ff9900',
  bad: '#d62728',
  first: '#1f77b4',
  second: '#9467bd',
} as const
