/** A time as progress lines show it: "12 s", "2 min 5 s". */
export function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
