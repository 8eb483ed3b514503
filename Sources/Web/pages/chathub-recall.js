// The talk that ended last is there again after a reload, until another one begins. Loaded by
// chathub-customer.js when one has ended.

/** For how long: as long as it may be rated. */
const RECALLED_MILLISECONDS = 86_400_000;

export function remember(client, { id, state, agent, closeReason, topic, closedAt, log }) {
  if (!log.lastSeq) return;
  client.storage.setJSON(client.nameOf('last'), {
    session: id, state, agent, reason: closeReason, topic, last_seq: log.lastSeq,
    who: client.me.id, at: closedAt,
  });
}

export function recall(client) {
  const last = client.storage.getJSON(client.nameOf('last'));
  if (last?.who !== client.me.id || client.conversations.size || client.starting) return;
  if (!(Date.now() - last.at < RECALLED_MILLISECONDS)) return;
  const conversation = client.find(last.session);
  conversation.closedAt = last.at;
  client.applySnapshot(conversation, last);
}
