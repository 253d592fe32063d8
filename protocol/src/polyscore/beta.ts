/** What is known of a share after so many cases for and against it: Beta(for, against). */
export interface Beta {
  for: number
  against: number
}

/** For how many cases a share is known. */
export function sizeOf({ for: a, against: b }: Beta): number {
  return a + b
}

/** What is known from both. */
export function added(a: Beta, b: Beta): Beta {
  return { for: a.for + b.for, against: a.against + b.against }
}

/** The same share, from no more than so many cases. */
export function atMost(beta: Beta, cases: number): Beta {
  const total = sizeOf(beta)
  return total <= cases ? beta : { for: (beta.for * cases) / total, against: (beta.against * cases) / total }
}

/** The expected logarithm of a share or of its odds, and how uncertain it is. */
export interface LogShare {
  mean: number
  variance: number
}

/** Mean and variance of the natural logarithm of a share that is Beta distributed. */
export function logShare({ for: a, against: b }: Beta): LogShare {
  return { mean: digamma(a) - digamma(a + b), variance: trigamma(a) - trigamma(a + b) }
}

/** Mean and variance of the log-odds of a share that is Beta distributed. */
export function logOddsOf({ for: a, against: b }: Beta): LogShare {
  return { mean: digamma(a) - digamma(b), variance: trigamma(a) + trigamma(b) }
}

/** The probability of log-odds. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}

/** To a precision of 1e-11. */
const HALVINGS = 36

/** The share below which a Beta distributed share lies with probability `level`. */
export function betaQuantile(beta: Beta, level: number): number {
  const scale = logBeta(beta)
  let low = 0
  let high = 1
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2
    if (betaCumulative(beta, scale, middle) < level) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * The probability that a Beta distributed share is at most x: the regularized incomplete beta function.
 *
 * @param scale the logarithm of the beta function, the same for every x.
 */
function betaCumulative({ for: a, against: b }: Beta, scale: number, x: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(a * Math.log(x) + b * Math.log(1 - x) - scale)
  // The continued fraction converges fast on this side of the mean only.
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(a, b, x)) / a
  return 1 - (front * continuedFraction(b, a, 1 - x)) / b
}

/** By Lentz's method. */
function continuedFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300
  const safe = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1))
  let c = 1
  let result = d
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / safe(1 + even * d)
    c = safe(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / safe(1 + odd * d)
    c = safe(1 + odd / c)
    const step = d * c
    result *= step
    if (Math.abs(step - 1) < 1e-12) break
  }
  return result
}

/** The logarithm of the beta function. */
export function logBeta({ for: a, against: b }: Beta): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}

/** Stirling's series, after the argument was moved to where it is exact. */
function logGamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 10; z++) shift -= Math.log(z)
  const inverse = 1 / (z * z)
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series
}

function digamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 10; z++) shift -= 1 / z
  const inverse = 1 / (z * z)
  return shift + Math.log(z) - 0.5 / z - inverse * (1 / 12 - inverse * (1 / 120 - inverse / 252))
}

function trigamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 10; z++) shift += 1 / (z * z)
  const inverse = 1 / (z * z)
  return shift + 1 / z + inverse / 2 + (inverse / z) * (1 / 6 - inverse * (1 / 30 - inverse / 42))
}
