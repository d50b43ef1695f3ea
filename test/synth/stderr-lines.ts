import fs from 'node:fs';
import { jest } from '@jest/globals';

/** The lines that a function writes to stderr, without what they end in. */
export function stderrLines(run: () => void): string[] {
  const lines: string[] = [];
  const { writeSync } = fs;
  const write = jest.spyOn(fs, 'writeSync');
  write.mockImplementation((fd: number, ...rest: unknown[]): number => {
    if (fd !== process.stderr.fd) return Reflect.apply(writeSync, fs, [fd, ...rest]);
    lines.push(String(rest[0]).trimEnd());
    return 0;
  });
  try {
    run();
  } finally {
    write.mockRestore();
  }
  return lines;
}
