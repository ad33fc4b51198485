//! Large allocations on huge pages, without anybody asking for them.
//!
//! A matrix of order 2048 is 8192 pages of 4 kB, more than a core keeps the
//! addresses of; on pages of 2 MB it is 16. The kernel gives those where a
//! program advises it to, which malloc does not. Every program of the house
//! has this allocator, so that a `Vec` or an array is all that one writes; a
//! buffer type of its own would have to stand in every heart. Aligned to 2 MB,
//! large arrays are aligned to cache lines and vectors as well.

#![expect(unsafe_code, reason = "GlobalAlloc is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};

#[global_allocator]
static ALLOCATOR: HugePages = HugePages;

/// The size of a huge page in bytes.
const HUGE: usize = 2 << 20;

/// From here on an allocation is worth pages of its own; what is smaller comes
/// and goes more often, and malloc keeps it warm.
const LARGE: usize = 2 * HUGE;

struct HugePages;

// SAFETY: every block comes from `System` and goes back to it with the same
// layout, for `on_pages` is a function of the layout alone.
unsafe impl GlobalAlloc for HugePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = on_pages(layout);
        // SAFETY: the caller's layout has a size, so has this one.
        let block = unsafe { System.alloc(layout) };
        advise(block, layout);
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE {
            // SAFETY: as the caller promises.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // Not by `System`, which would write before the pages are huge.
        // SAFETY: as the caller promises.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: the block has that many bytes.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block was allocated with this layout, see above.
        unsafe { System.dealloc(block, on_pages(layout)) }
    }
}

/// `layout`, aligned to a huge page if it is large.
fn on_pages(layout: Layout) -> Layout {
    match layout.size() {
        ..LARGE => layout,
        _ => layout.align_to(HUGE).unwrap_or(layout),
    }
}

/// Asks for huge pages under a block that is large.
fn advise(block: *mut u8, layout: Layout) {
    #[cfg(target_os = "linux")]
    if layout.align() == HUGE && !block.is_null() {
        use rustix::mm::{Advice, madvise};
        // SAFETY: the pages belong to the block. A kernel without huge pages
        // refuses, which leaves everything as it is.
        let _ = unsafe { madvise(block.cast(), layout.size(), Advice::LinuxHugepage) };
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use std::{fs, ops::Range, path::Path};

    use super::*;

    #[test]
    fn large_blocks_begin_on_huge_pages_and_hold_what_is_written() {
        for size in [1, LARGE - 1, LARGE, LARGE + 1, 3 * LARGE + 12345] {
            let mut bytes = vec![0_u8; size];
            let is_aligned = (bytes.as_ptr() as usize).is_multiple_of(HUGE);
            assert!(is_aligned || size < LARGE, "{size}");
            assert!(bytes.iter().all(|&byte| byte == 0), "{size}");
            bytes.fill(1);
            bytes.resize(2 * size + LARGE, 2);
            let (old, new) = bytes.split_at(size);
            assert!(old.iter().all(|&byte| byte == 1), "{size}");
            assert!(new.iter().all(|&byte| byte == 2), "{size}");
            bytes.truncate(size.div_ceil(2));
            bytes.shrink_to_fit();
            assert!(bytes.iter().all(|&byte| byte == 1), "{size}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_kernel_is_asked_for_huge_pages_under_a_large_block() {
        if !Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return;
        }
        for bytes in [vec![0_u8; LARGE], vec![1; 3 * LARGE + 12345]] {
            let address = bytes.as_ptr() as u64;
            let maps = fs::read_to_string("/proc/self/smaps").unwrap();
            let is_it = |line: &&str| range(line).is_some_and(|r| r.contains(&address));
            let mut lines = maps.lines().skip_while(|line| !is_it(line));
            let flags = lines.find(|line| line.starts_with("VmFlags:")).unwrap();
            assert!(flags.contains(" hg"), "{} bytes: {flags}", bytes.len());
        }
    }

    /// The addresses of a mapping, if the line of smaps is its first one.
    #[cfg(target_os = "linux")]
    fn range(line: &str) -> Option<Range<u64>> {
        let (begin, end) = line.split_once(' ')?.0.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        Some(number(begin)?..number(end)?)
    }
}
