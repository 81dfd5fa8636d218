/** Of a rate, what the limiter calls evenly; the rest is for catching up. Whoever reckons with a rate reckons with this much of it. */
export const STEADY_SHARE = 0.96
