import { expect, it } from 'vitest';
import type { Cluster, WorkloadRef } from '../../ports/cluster.ts';

/** What every adapter of the port promises. `make` answers a cluster with one running workload, and the name of one that does not exist. */
export function clusterContract(
  make: () => Promise<{ cluster: Cluster; ref: WorkloadRef; absent: WorkloadRef }>,
): void {
  const signal = () => AbortSignal.timeout(10_000);

  it('what does not exist is missing, and its restart is refused in words', async () => {
    const { cluster, absent } = await make();

    expect(await cluster.read(absent, signal())).toMatchObject({ status: 'missing', lastChangeKey: null });
    const answer = await cluster.restart(absent, 'key-absent', signal());
    expect(answer.accepted).toBe(false);
    expect(answer.answer).toContain(absent.name);
  });

  it('a restart raises the generation and leaves its key; the same key changes nothing more, another one does', async () => {
    const { cluster, ref } = await make();
    const before = await cluster.read(ref, signal());

    expect((await cluster.restart(ref, 'key-1', signal())).accepted).toBe(true);
    const after = await cluster.read(ref, signal());
    expect((await cluster.restart(ref, 'key-1', signal())).accepted).toBe(true);
    const again = await cluster.read(ref, signal());
    expect((await cluster.restart(ref, 'key-2', signal())).accepted).toBe(true);
    const another = await cluster.read(ref, signal());

    expect(after.generation).toBeGreaterThan(before.generation);
    expect(after.lastChangeKey).toBe('key-1');
    expect(again.generation).toBe(after.generation);
    expect(another.generation).toBeGreaterThan(after.generation);
    expect(another.lastChangeKey).toBe('key-2');
  });

  it('what a person is shown names the target and is the same each time', async () => {
    const { cluster, ref } = await make();

    expect(cluster.describeRestart(ref).command).toContain(ref.name);
    expect(cluster.describeRestart(ref)).toEqual(cluster.describeRestart(ref));
  });

  it('a command that is not on the list is refused', async () => {
    const { cluster } = await make();

    expect((await cluster.runCommand('no-such-command', 'key-c', signal())).accepted).toBe(false);
  });
}
