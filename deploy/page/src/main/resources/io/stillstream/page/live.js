// The stream of server-sent events, and what to say of it.

const SILENT_AFTER = 12_000;
const RETRY_AFTER = 5_000;
const PAUSE_AFTER = 60_000;

/**
 * Keeps a stream open and hands its events on.
 *
 * @param url of the stream
 * @param handlers by name of event, each given the parsed data
 * @param onState told 'connecting', 'live', 'silent', 'lost' or 'paused' when that changes
 */
export function live(url, handlers, onState) {
  let source = null;
  let state = '';
  let last = 0;
  let retry = 0;
  let pause = 0;

  const say = (next) => {
    if (next !== state) {
      state = next;
      onState(next);
    }
  };

  const receive = (handler) => (event) => {
    last = Date.now();
    say('live');
    handler(JSON.parse(event.data));
  };

  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };

  const open = () => {
    close();
    say(state === '' ? 'connecting' : 'lost');
    source = new EventSource(url);
    last = Date.now();
    Object.entries(handlers).forEach(([name, handler]) => source.addEventListener(name, receive(handler)));
    source.addEventListener('error', () => {
      say('lost');
      // A dropped connection is tried again by the browser; an answer such as 503 ends the source for good.
      if (source?.readyState === EventSource.CLOSED) {
        clearTimeout(retry);
        retry = setTimeout(open, RETRY_AFTER);
      }
    });
  };

  setInterval(() => {
    if (state === 'live' && Date.now() - last > SILENT_AFTER) {
      say('silent');
    }
  }, 2_000);

  // A page that is hidden for a while closes the stream, and opens it again when it is visible.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(pause);
    if (document.hidden) {
      pause = setTimeout(() => {
        close();
        say('paused');
      }, PAUSE_AFTER);
    } else if (state === 'paused') {
      open();
    }
  });
  open();
}
