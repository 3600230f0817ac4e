const NEWLINE = 10;

/**
 * Cuts a byte stream into lines, without their newline, in time linear in the bytes however they are chunked.
 * Answers false once a line is longer than `limit`: there is no telling where the next one starts.
 */
export function lineReader(limit: number, onLine: (line: Buffer) => void): (chunk: Buffer) => boolean {
  let parts: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const tail = chunk.subarray(start, end);
      if (size + tail.length > limit) return false;
      const line = size === 0 ? tail : Buffer.concat([...parts, tail], size + tail.length);
      parts = [];
      size = 0;
      start = end + 1;
      onLine(line);
    }
    if (start < chunk.length) {
      parts.push(chunk.subarray(start));
      size += chunk.length - start;
    }
    return size <= limit;
  };
}
