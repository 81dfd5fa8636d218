/** Share of the rate that the limiter spends at a steady pace. The rest is headroom for catching up. */
export const STEADY_SHARE = 0.96
