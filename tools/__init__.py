"""Programs that build.sh calls: start everything (`run`), stage the APK (`stage`), take the pictures (`screenshots`)."""
