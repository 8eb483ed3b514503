// The log is a run of numbers without holes, however its messages come.
import assert from 'node:assert/strict';
import test from 'node:test';
import { SessionLog } from '../../Sources/Web/pages/chathub-log.js';
import { message, seeded } from './fakes.mjs';

const numbers = (log) => log.messages.map((one) => one.seq);

test('doubles are taken once, holes hold back what comes behind them', () => {
  const log = new SessionLog();
  assert.deepEqual(log.add(message(1)).map((one) => one.seq), [1]);
  assert.deepEqual(log.add(message(1)), []);
  assert.deepEqual(log.add(message(4), message(3)), []);
  assert.deepEqual(log.missing, { after: 1, limit: 200 });
  assert.deepEqual(log.add(message(2)).map((one) => one.seq), [2, 3, 4]);
  assert.equal(log.missing, null);
});

test('an empty log asks for the newest page, and older pages go in front', () => {
  const log = new SessionLog();
  log.mention(120);
  assert.deepEqual(log.missing, { before: 121, limit: 50 });
  log.add(...Array.from({ length: 50 }, (_, index) => message(71 + index)));
  assert.equal(log.missing, null);
  assert.ok(log.hasOlder);
  log.add(...Array.from({ length: 50 }, (_, index) => message(21 + index)));
  assert.deepEqual([log.firstSeq, log.lastSeq], [21, 120]);
  assert.deepEqual(log.add(message(3)), [], 'a page that does not join is left out');
});

test('another epoch drops what is not sound', () => {
  const log = new SessionLog();
  log.enterEpoch('1');
  log.add(message(1), message(2), message(3));
  assert.equal(log.enterEpoch('1'), false);
  assert.equal(log.enterEpoch('2', 2), true);
  assert.deepEqual(numbers(log), [1, 2]);
  log.add(message(3, { text: 'the other third' }));
  assert.equal(log.messages[2].text, 'the other third');
  assert.equal(log.enterEpoch('3'), true);
  assert.deepEqual(numbers(log), []);
});

test('random arrivals end in the same log', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
  const random = seeded(seed);
  for (let round = 0; round < 300; round += 1) {
    const count = 1 + Math.floor(random() * 40);
    const log = new SessionLog();
    log.add(message(1));
    while (log.lastSeq < count) {
      const seq = 1 + Math.floor(random() * count);
      const page = random() < 0.3
        ? Array.from({ length: Math.ceil(random() * 6) }, (_, index) => message(seq + index))
          .filter((one) => one.seq <= count)
        : [message(seq)];
      const before = numbers(log);
      const fresh = log.add(...page);
      assert.deepEqual(numbers(log), [...before, ...fresh.map((one) => one.seq)], `SEED=${seed}`);
    }
    assert.deepEqual(numbers(log), Array.from({ length: count }, (_, index) => index + 1), `SEED=${seed}`);
  }
});
