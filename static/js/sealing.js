// Sealing in the browser: the bytes that declarations/sealing writes on the server (M1, M5), with tweetnacl.
// The layouts stand in declarations/sealing/__init__.py; tests/vectors/sealing.json holds both to the same bytes.
"use strict";
const sealing = (() => {
  const CLASSES = [512, 2 << 10, 8 << 10, 32 << 10, 128 << 10, 512 << 10];
  const ENVELOPE = Uint8Array.of(1), PARCEL = Uint8Array.of(5);
  const text = new TextEncoder();
  // Replaced by the tests alone, which need the bytes of a vector.
  const own = { random: (size) => nacl.randomBytes(size) };

  // Bytes

  const bytes = (part) => (typeof part === "string" ? text.encode(part) : part);
  const hex = (part) => Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fromHex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));

  function joined(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  }

  function number(value) {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setUint32(0, value);
    return four;
  }

  const prefixed = (part) => joined(number(bytes(part).length), bytes(part));

  // Envelopes and parcels

  const header = (table, row, field, version = 1) =>
    joined(prefixed(table), prefixed(row), prefixed(field), number(version));

  function seal(plain, key, place) {
    const content = joined(ENVELOPE, prefixed(place), prefixed(plain));
    const largest = CLASSES[CLASSES.length - 1];
    const size = CLASSES.find((one) => content.length <= one) ?? Math.ceil(content.length / largest) * largest;
    const padded = new Uint8Array(size);
    padded.set(content);
    const nonce = own.random(24);
    return joined(ENVELOPE, nonce, nacl.secretbox(padded, nonce, key));
  }

  // libsodium's sealed box: a passing key pair, whose public half stands in front and makes the nonce.
  function sealTo(theirs, data) {
    const passing = nacl.box.keyPair.fromSecretKey(own.random(32));
    const nonce = blake2b(joined(passing.publicKey, theirs), 24);
    return joined(passing.publicKey, nacl.box(data, nonce, theirs, passing.secretKey));
  }

  function sealParcel(intake, forum, answers, parts) {
    const key = own.random(32);
    const named = Object.entries(parts).map(([name, part]) => joined(prefixed(name), prefixed(part)));
    const sealedKey = sealTo(intake, key);
    return joined(PARCEL, sealedKey, seal(joined(prefixed(answers), ...named), key, header("parcel", forum, "outer")));
  }

  const acknowledgement = (key, said) => hex(blake2b(joined(prefixed("acknowledged"), prefixed(said)), 32, key));

  // Numbers that a phone makes before sending

  function below(most) {
    const fair = Math.floor(2 ** 32 / most) * most;
    for (;;) {
      const drawn = new DataView(own.random(4).buffer).getUint32(0);
      if (drawn < fair) return drawn % most;
    }
  }

  // 16 digits shaped like two local telephone numbers, as in declarations/sealing/codes.py.
  const receipt = () => [0, 0].map(() => String(50000000 + below(50000000))).join("");
  const inPairs = (digits) =>
    [digits.slice(0, 8), digits.slice(8)].map((half) => half.match(/../g).join("\u00a0")).join(" · ");

  function uuid() {
    const drawn = own.random(16);
    drawn[6] = (drawn[6] & 0x0f) | 0x40;
    drawn[8] = (drawn[8] & 0x3f) | 0x80;
    return hex(drawn).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // Numbers and codes that people copy by hand, as declarations/sealing/codes.py reads them; "" for a slip.

  const DAMM = [
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
  ];
  const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const DIGIT = /\p{Nd}/u;

  // The digits of every script stand in tens, zero first.
  function value(digit) {
    let place = digit.codePointAt(0), before = 0;
    while (DIGIT.test(String.fromCodePoint(place - 1))) (place -= 1), (before += 1);
    return before % 10;
  }

  const bare = (typed) =>
    Array.from(typed.normalize("NFKC").replace(/[\p{P}\p{Z}\p{C}]/gu, ""), (one) => (DIGIT.test(one) ? value(one) : one))
      .join("");

  function serial(typed) {
    const digits = bare(typed);
    return /^\d{6}$/.test(digits) && [...digits].reduce((state, digit) => DAMM[state][digit], 0) == 0 ? digits : "";
  }

  function code(typed) {
    const found = bare(typed).toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
    const values = Array.from(found, (one) => CROCKFORD.indexOf(one));
    const left = values.reduce((sum, one) => (sum << 1) ^ (sum & 16 ? 0b100101 : 0) ^ one, 0);
    return found.length === 10 && !values.includes(-1) && !left ? `${found.slice(0, 5)}-${found.slice(5)}` : "";
  }

  // Words as the server would tidy and refuse them: declarations/models/texts.py

  const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
  const EDGES = new RegExp(`^${BLANK}|${BLANK}$`, "g");
  const INVISIBLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
  const tidy = (words) => words.replace(/\r\n?/g, "\n").normalize("NFC").replace(EDGES, "");

  // What is wrong with tidied words: "required", "long", "invisible", or nothing.
  function faultIn(words, longest) {
    if (!words) return "required";
    if ([...words].length > longest) return "long";
    return INVISIBLE.test(words) ? "invisible" : "";
  }

  // BLAKE2b (RFC 7693), because tweetnacl has none. What passes through is short, and of it nothing is timed.

  const SIGMA = [
    "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d",
    "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0",
  ].map((row) => Array.from(row, (digit) => parseInt(digit, 16)));
  const IV = [
    0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
    0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
  ];
  const MIXED = [
    [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
    [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
  ];
  const cut = (value) => BigInt.asUintN(64, value);
  const turned = (value, by) => cut((value >> by) | (value << (64n - by)));

  function compress(state, block, count, isLast) {
    const view = new DataView(block.buffer, block.byteOffset, 128);
    const words = Array.from({ length: 16 }, (_one, place) => view.getBigUint64(place * 8, true));
    const v = [...state, ...IV];
    v[12] ^= BigInt(count);
    if (isLast) v[14] = cut(~v[14]);
    for (let round = 0; round < 12; round += 1) {
      const order = SIGMA[round % 10];
      MIXED.forEach(([a, b, c, d], place) => {
        v[a] = cut(v[a] + v[b] + words[order[2 * place]]);
        v[d] = turned(v[d] ^ v[a], 32n);
        v[c] = cut(v[c] + v[d]);
        v[b] = turned(v[b] ^ v[c], 24n);
        v[a] = cut(v[a] + v[b] + words[order[2 * place + 1]]);
        v[d] = turned(v[d] ^ v[a], 16n);
        v[c] = cut(v[c] + v[d]);
        v[b] = turned(v[b] ^ v[c], 63n);
      });
    }
    state.forEach((_word, place) => (state[place] ^= v[place] ^ v[place + 8]));
  }

  function blake2b(data, size, key = new Uint8Array(0)) {
    const state = [...IV];
    state[0] ^= BigInt(0x01010000 ^ (key.length << 8) ^ size);
    const first = new Uint8Array(key.length ? 128 : 0);
    first.set(key);
    const all = joined(first, data);
    const blocks = Math.max(1, Math.ceil(all.length / 128));
    const padded = new Uint8Array(blocks * 128);
    padded.set(all);
    for (let one = 0; one < blocks; one += 1) {
      const isLast = one === blocks - 1;
      compress(state, padded.subarray(one * 128), isLast ? all.length : (one + 1) * 128, isLast);
    }
    const out = new DataView(new ArrayBuffer(64));
    state.forEach((word, place) => out.setBigUint64(place * 8, word, true));
    return new Uint8Array(out.buffer, 0, size);
  }

  return Object.assign(own, {
    acknowledgement, blake2b, code, faultIn, fromHex, header, hex, inPairs, joined, prefixed, receipt, seal, sealParcel,
    sealTo, serial, tidy, uuid,
  });
})();
