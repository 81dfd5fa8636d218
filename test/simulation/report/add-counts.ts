type Counts = { [name: string]: unknown }

/** Adds the numbers of `more` to those of the same place in `sum`, at any depth; lists are joined. */
export function addCounts(sum: Counts, more: Counts): void {
  for (const [name, value] of Object.entries(more)) {
    const there = sum[name]
    if (typeof value === 'number') sum[name] = Number(there ?? 0) + value
    else if (Array.isArray(value)) sum[name] = [...(Array.isArray(there) ? there : []), ...value]
    else {
      const inner = (there ?? {}) as Counts
      sum[name] = inner
      addCounts(inner, value as Counts)
    }
  }
}
