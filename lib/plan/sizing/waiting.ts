/** Work that waits in a pod's own memory for a slot: tasks of a queue in the pod, or requests. */
export interface Waiting {
  /** Whether more slots let more wait. */
  readonly growsWithSlots: boolean;
  /** The property that bounds it, for corrections. */
  readonly boundedBy: string;
  /**
   * Bytes of all that may wait.
   *
   * @param slots slots of the pool
   */
  bytes(slots: number): number;
  /** The same as a sum for reasons, such as `390 held tasks × (1.25 × 1 KiB + 512 B)`. */
  sum(slots: number): string;
  /**
   * What would make it fit, each an imperative such as `lower source.capacity to 300`.
   *
   * @param room bytes that are left for what waits
   */
  fixes(slots: number, room: number): string[];
}
