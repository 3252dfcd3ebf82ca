const people = new Map();
const channels = new Map();
const groups = new Map();

/** Names of people, channels and groups by id, as the last state had them. */
export const names = {
  user: (id) => people.get(id)?.realName,
  handle: (id) => people.get(id)?.name,
  channel: (id) => channels.get(id)?.name,
  group: (id) => groups.get(id)?.handle,
  isBot: (id) => people.get(id)?.isBot === true || id === 'USLACKBOT',
  all: () => ({ people: [...people.values()], groups: [...groups.values()], channels: [...channels.values()] }),
};

/** Learns names from a state answer. */
export function learn(state) {
  for (const [map, list] of [
    [people, state.users],
    [channels, state.channels],
    [groups, state.userGroups],
  ]) {
    map.clear();
    for (const one of list) map.set(one.id, one);
  }
  if (!people.has('USLACKBOT'))
    people.set('USLACKBOT', { id: 'USLACKBOT', name: 'slackbot', realName: 'Slackbot', isBot: true });
}

/** What a person typed, as Slack would store it: escaped, with @names and #channels as references. */
export function encode(text, withLabels) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const label = (name) => (withLabels ? `|${name}` : '');
  return escaped.replace(/(^|[\s(])([@#])([a-z0-9_-]+)/gi, (whole, before, mark, name) => {
    const lower = name.toLowerCase();
    if (mark === '#') {
      const channel = [...channels.values()].find((one) => one.name === lower);
      return channel ? `${before}<#${channel.id}${label(lower)}>` : whole;
    }
    const person = [...people.values()].find((one) => one.name === lower);
    if (person) return `${before}<@${person.id}${label(lower)}>`;
    const group = [...groups.values()].find((one) => one.handle === lower);
    return group ? `${before}<!subteam^${group.id}${label(`@${lower}`)}>` : whole;
  });
}
