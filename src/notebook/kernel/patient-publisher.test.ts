import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Publisher, Subscriber } from "zeromq";
import { PatientPublisher } from "./patient-publisher.js";

const count = 3000;
const greeting = "is anybody there?";

/** How many of 3,000 messages of one turn a reader gets, from the first on without a gap. */
async function arriving(publisher: Publisher): Promise<number> {
  const subscriber = new Subscriber({ receiveTimeout: 10_000 });
  try {
    await publisher.bind("tcp://127.0.0.1:*");
    subscriber.connect(publisher.lastEndpoint ?? "");
    subscriber.subscribe();
    // The publisher hears of a reader some time after the reader is there.
    let isHeard = false;
    const hearing = subscriber.receive().then(() => {
      isHeard = true;
    });
    while (!isHeard) {
      await publisher.send(greeting);
      await Promise.race([hearing, sleep(10)]);
    }
    subscriber.receiveTimeout = 2000;
    const sent = Array.from({ length: count }, async (_, i) => publisher.send(String(i)));
    const settled = Promise.allSettled(sent);
    let received = 0;
    while (received < count) {
      const [message] = await subscriber.receive().catch(() => [undefined]);
      if (String(message) === greeting) continue;
      if (String(message) !== String(received)) break;
      received++;
    }
    await settled;
    return received;
  } finally {
    subscriber.close();
    publisher.close();
  }
}

describe("PatientPublisher", () => {
  it("delivers 3,000 messages of one turn, in order", async () => {
    expect(await arriving(new PatientPublisher())).to.equal(count);
  });

  it("is needed: zeromq's own publisher loses some of them", async () => {
    expect(await arriving(new Publisher())).to.be.lessThan(count);
  });

  it("sends nothing, and fails at nothing, once it is closed", async () => {
    const publisher = new PatientPublisher();
    await publisher.bind("tcp://127.0.0.1:*");
    const sent = [publisher.send("a"), publisher.send("b")];
    publisher.close();
    await Promise.all(sent);
  });
});
