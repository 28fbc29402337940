import { parentPort, workerData } from 'node:worker_threads';
import { GroupWriter, type GroupWriterSettings } from './group-writer.ts';
import { ledgerUnavailable } from './trouble.ts';
import { fromWire, type WireOperation } from './wire.ts';

/**
 * The writer thread: opens the ledger, says so or why not, then answers each group it is sent. Told `close`, it closes
 * the file and ends.
 */

export type WriterGreeting = { readonly opened: true } | { readonly failed: string; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('the ledger writer runs in a worker thread');

const writer = open(workerData as GroupWriterSettings);
if (writer === undefined) port.close();
else {
  port.postMessage({ opened: true });
  port.on('message', (message: readonly WireOperation[] | 'close') => {
    if (message === 'close') {
      writer.close();
      port.close();
    } else port.postMessage(writer.write(message.map(fromWire)));
  });
}

function open(settings: GroupWriterSettings): GroupWriter | undefined {
  try {
    return new GroupWriter(settings);
  } catch (error) {
    const { trouble, message } = ledgerUnavailable(error);
    port?.postMessage({ failed: trouble, message });
    return undefined;
  }
}
