const INITIAL: [u32; 8] = fractions(2);
const CONSTANTS: [u32; 64] = fractions(3);

/// The first 32 bits of the fractions of the primes' square or cube roots, by bisection in whole numbers.
const fn fractions<const N: usize>(power: u32) -> [u32; N] {
    let mut result = [0; N];
    let mut prime = 2u128;
    let mut count = 0;
    while count < N {
        if is_prime(prime) {
            let mut low = 0u128;
            let mut high = 1 << 40;
            while high - low > 1 {
                let middle = (low + high) / 2;
                if middle.pow(power) <= prime << (32 * power) { low = middle } else { high = middle }
            }
            result[count] = low as u32;
            count += 1;
        }
        prime += 1;
    }
    result
}

const fn is_prime(number: u128) -> bool {
    let mut factor = 2;
    while factor * factor <= number {
        if number % factor == 0 {
            return false;
        }
        factor += 1;
    }
    true
}

fn compress(state: &mut [u32; 8], block: &[u8]) {
    let mut words = [0u32; 64];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_be_bytes(bytes.try_into().expect("four bytes"));
    }
    for i in 16..64 {
        let (a, b) = (words[i - 15], words[i - 2]);
        let low = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let high = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        words[i] = words[i - 16].wrapping_add(low).wrapping_add(words[i - 7]).wrapping_add(high);
    }
    let mut s = *state;
    for (word, constant) in words.iter().zip(CONSTANTS) {
        let big = |x: u32, [a, b, c]: [u32; 3]| x.rotate_right(a) ^ x.rotate_right(b) ^ x.rotate_right(c);
        let choice = (s[4] & s[5]) ^ (!s[4] & s[6]);
        let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        let first = [big(s[4], [6, 11, 25]), choice, constant, *word].into_iter().fold(s[7], u32::wrapping_add);
        let second = big(s[0], [2, 13, 22]).wrapping_add(majority);
        s.rotate_right(1);
        s[4] = s[4].wrapping_add(first);
        s[0] = first.wrapping_add(second);
    }
    for (old, new) in state.iter_mut().zip(s) {
        *old = old.wrapping_add(new);
    }
}

pub fn hex(data: &[u8]) -> String {
    let mut state = INITIAL;
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize((data.len() + 9).next_multiple_of(64) - 8, 0);
    padded.extend((data.len() as u64 * 8).to_be_bytes());
    padded.chunks_exact(64).for_each(|block| compress(&mut state, block));
    state.iter().map(|word| format!("{word:08x}")).collect()
}
