//! Gathered rows, each brought to its place in the picture.

use kernels::mandel::View;
use mpi::Count;

/// Copies row after row of `gathered` to where `rows` says that it belongs.
///
/// # Panics
///
/// Where there are not as many rows as pixels for them.
pub fn place(
    view: &View,
    rows: impl IntoIterator<Item = usize>,
    gathered: &[u32],
    image: &mut [u32],
) {
    let mut pixels = gathered.chunks_exact(view.width);
    for y in rows {
        let row = pixels.next().unwrap_or_else(|| panic!("no pixels for row {y}"));
        image[view.pixels(&(y..y + 1))].copy_from_slice(row);
    }
    assert_eq!(pixels.len(), 0, "rows without a place");
}

/// Where each rank's part begins, if the parts lie one after the other.
pub fn displacements(counts: &[Count]) -> Vec<Count> {
    let begin = |sum: &mut Count, count: &Count| {
        let start = *sum;
        *sum += count;
        Some(start)
    };
    counts.iter().scan(0, begin).collect()
}

#[cfg(test)]
mod tests {
    use kernels::mandel::SIGHTS;

    use super::*;

    #[test]
    fn parts_lie_one_after_the_other() {
        assert_eq!(displacements(&[3, 0, 2, 4]), [0, 3, 3, 5]);
    }

    #[test]
    fn rows_come_to_their_places() {
        let view = SIGHTS[0].view(2, 3, 1);
        let mut image = [0; 6];
        place(&view, [2, 0, 1], &[20, 21, 0, 1, 10, 11], &mut image);
        assert_eq!(image, [0, 1, 10, 11, 20, 21]);
    }
}
