# Times pROC's paired DeLong test: Rscript analysis_proc.R FOLDER SIZE...
# FOLDER/SIZE.f64 holds truth, first and second rating of SIZE cases. Prints a line for each size:
# CPU seconds from ratings to p, those of roc.test alone, and the p; last pROC's and R's versions.
suppressPackageStartupMessages(library(pROC))
words <- commandArgs(trailingOnly = TRUE)
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
curve <- function(truth, rating) {
  roc(truth, rating, levels = c(0, 1), direction = "<", quiet = TRUE)
}
mean_seconds <- function(act, repeats) {
  act() # compiles what R compiles at a first call
  start <- cpu()
  for (one in seq_len(repeats)) act()
  (cpu() - start) / repeats
}
for (word in words[-1]) {
  n <- as.numeric(word)
  cells <- matrix(readBin(file.path(words[1], paste0(word, ".f64")), "double", 3 * n), ncol = 3)
  test <- function(first, second) roc.test(first, second, method = "delong", paired = TRUE)
  curves <- list(curve(cells[, 1], cells[, 2]), curve(cells[, 1], cells[, 3]))
  repeats <- max(1, 1e5 / n)
  whole <- mean_seconds(
    function() test(curve(cells[, 1], cells[, 2]), curve(cells[, 1], cells[, 3])), repeats
  )
  alone <- mean_seconds(function() test(curves[[1]], curves[[2]]), repeats)
  cat(sprintf("%.9g %.9g %.15g\n", whole, alone, test(curves[[1]], curves[[2]])$p.value))
}
cat(sprintf("pROC %s, %s\n", packageVersion("pROC"), R.version.string))
