import { afterEach, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import type { PubSub } from '../../ports/pubsub.ts';

/** What every transport of wake-ups keeps. `make` answers two ends of one transport; where there is one process only, the same end twice. */
export function pubSubContract(make: () => Promise<{ readonly here: PubSub; readonly there: PubSub }>): void {
  const opened: PubSub[] = [];
  const open = async (): Promise<{ readonly here: PubSub; readonly there: PubSub }> => {
    const ends = await make();
    opened.push(ends.here, ends.there);
    return ends;
  };
  afterEach(async () => {
    for (const end of opened.splice(0)) await end.close();
  });

  it('a wake-up reaches listeners of its topic here and there, with its id', async () => {
    const { here, there } = await open();
    const heard: string[] = [];
    here.subscribe('task', (id) => heard.push(`here ${id}`));
    there.subscribe('task', (id) => heard.push(`there ${id}`));
    there.subscribe('alerts', () => heard.push('wrong topic'));

    here.publish('task', 'T-1');

    await until(() => heard.includes('here T-1') && heard.includes('there T-1'), { what: 'both listeners' });
    expect(heard.toSorted()).toEqual(['here T-1', 'there T-1']);
  });

  it('publish returns before any listener has run', async () => {
    const { here } = await open();
    const heard: string[] = [];
    here.subscribe('tasks', () => heard.push('woken'));

    here.publish('tasks');

    expect(heard).toEqual([]);
    await until(() => heard.length > 0, { what: 'the listener' });
  });

  it('a listener that throws is kept, and does not keep others from hearing', async () => {
    const { here, there } = await open();
    let [thrown, heard] = [0, 0];
    there.subscribe('decisions', () => {
      thrown++;
      throw new Error('a faulty listener');
    });
    there.subscribe('decisions', () => heard++);

    here.publish('decisions');
    await until(() => heard === 1, { what: 'first wake-up' });
    here.publish('decisions');

    await until(() => heard === 2 && thrown === 2, { what: 'second wake-up' });
  });

  it('an ended subscription hears nothing more, others of the same function go on', async () => {
    const { here, there } = await open();
    const heard: (string | undefined)[] = [];
    const listener = (id: string | undefined): void => void heard.push(id);
    const end = there.subscribe('incident', listener);
    there.subscribe('incident', listener);
    end();
    end();

    here.publish('incident', 'INC-1');

    await until(() => heard.length > 0, { what: 'the other subscription' });
    expect(heard).toEqual(['INC-1']);
  });

  it('after close, publishing is silent and harmless', async () => {
    const { here, there } = await open();
    await here.close();

    expect(() => here.publish('tasks')).not.toThrow();
    await here.close();
    await there.close();
  });
}
