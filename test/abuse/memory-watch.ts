import type { GatewayUnderTest } from './gateway-under-test.ts';

/** Memory a case may cost at its height, bytes: bombs are many times as large. */
const GROWTH_MAX = 192 << 20;
const RESIDENT_MAX = 640 << 20;
const EVERY_MS = 50;

/** Watches the resident memory of the gateway; `stop` gives the problem, if there was one. */
export function watchMemory(gateway: GatewayUnderTest): { stop(): string[] } {
  const before = gateway.memoryBytes() ?? 0;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, gateway.memoryBytes() ?? 0);
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      peak = Math.max(peak, gateway.memoryBytes() ?? 0);
      const megabytes = (bytes: number): number => Math.round(bytes / (1 << 20));
      if (peak - before > GROWTH_MAX) return [`memory grew by ${megabytes(peak - before)} MiB`];
      return peak > RESIDENT_MAX ? [`${megabytes(peak)} MiB of memory are resident`] : [];
    },
  };
}
