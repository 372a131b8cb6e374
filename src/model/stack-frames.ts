/** Frames of a stack that are ours, without the message. */
export function ownFrames(error: Error): string | undefined {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at .*(?:src|dist)[\\/]/.test(line))
  return frames.length > 0
    ? frames
        .slice(0, 8)
        .map((it) => it.replace(/\(.*[\\/](?=(?:src|dist)[\\/])/, '('))
        .join('\n')
    : undefined
}
