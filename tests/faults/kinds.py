"""Which tests show that a kind of fault from the field is mended: a row of `docs/reliability.md` each.

`seen` is the case as it was reported, `brothers` are others of its kind, `unchanged` what must stay as it is.
Tests are named from `tests/` on, without `test_` before the file and the function.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind; `bugs` are the planted ones that its tests catch."""

    name: str
    seen: tuple[str, ...]
    brothers: tuple[str, ...]
    unchanged: tuple[str, ...]
    bugs: tuple[str, ...] = ()


KINDS = (
    FaultKind(
        "what is not understood is no silence",
        seen=(
            "core/engine_table::what_was_said_and_not_understood_is_no_silence",
            "session/loop::whoever_speaks_into_a_silence_breaks_it",
        ),
        brothers=(
            "session/past_moments::a_yes_that_begins_before_the_silence_ends_is_asked_about",
            "core/engine_table::a_yes_that_comes_after_the_silence_is_asked_about_and_then_it_goes_on_where_it_was",
            "backends/key_presses::text_is_known_for_text_once",
            "core/engine_laws::no_question_is_passed_while_something_was_said_that_was_not_understood",
        ),
        unchanged=(
            "core/engine_table::a_true_silence_answers_what_it_may",
            "session/loop::what_comes_before_a_question_breaks_no_silence_after_it",
        ),
        bugs=("not-understood-is-silence", "not-understood-is-not-told", "typed-text-is-silence"),
    ),
    FaultKind(
        "a word in need",
        seen=(
            "ears/in_need::repeats_and_short_polite_forms_of_a_word_are_that_word",
            "ears/in_need::a_stuttered_stop_is_obeyed_or_asked_about",
        ),
        brothers=(
            "ears/in_need::stop_among_a_few_words_is_asked_about_and_obeyed_the_second_time",
            "ears/in_need::of_a_word_right_behind_another_only_stop_counts",
            "ears/stutter::stuttered_words_are_obeyed",
            "core/engine_table::what_may_have_been_stop_breaks_off_and_asks_and_leads_nowhere",
        ),
        unchanged=(
            "ears/in_need::what_is_said_otherwise_never_ends_a_session",
            "session/loop::its_own_word_is_not_asked_about_either",
            "ears/stutter::a_word_said_plainly_begins_at_its_beginning",
        ),
        bugs=("stop-in-need-is-no-stop", "stop-among-words-is-lost", "stop-behind-a-word-is-lost"),
    ),
    FaultKind(
        "a key is more than its byte",
        seen=(
            "backends/key_presses::an_elbow_on_a_key_is_one_press",
            "backends/key_presses::a_word_is_text_and_no_commands",
            "cli/keys::an_elbow_on_the_space_bar_is_one_press_and_space_goes_on",
        ),
        brothers=(
            "backends/key_presses::what_is_pasted_is_no_key",
            "backends/key_presses::a_sequence_is_no_key_wherever_it_is_cut",
            "backends/key_presses::a_special_key_of_a_windows_console_is_read_whole",
        ),
        unchanged=(
            "backends/key_presses::a_key_alone_is_its_command_at_the_moment_of_its_press",
            "backends/key_presses::stop_is_stop_also_beside_another_key",
        ),
        bugs=("key-repeats-count", "key-text-is-commands", "key-paste-is-commands"),
    ),
    FaultKind(
        "the signal",
        seen=(
            "backends/one_channel::what_is_said_is_heard_in_whichever_channel_it_is",
            "backends/one_channel::a_recording_whose_word_is_in_the_second_channel_is_heard",
        ),
        brothers=(
            "backends/one_channel::a_channel_that_comes_to_life_is_taken_and_there_is_no_click",
            "ears/rumble::words_are_understood_over_it",
            "app/doctor_level::what_is_odd_is_named",
            "backends/wav::numbers_that_are_none_become_silence",
        ),
        unchanged=(
            "backends/one_channel::one_channel_and_two_alike_come_out_as_they_went_in",
            "ears/rumble::without_it_the_sound_stays_as_it_is",
        ),
        bugs=("signal-first-channel-alone", "signal-turned-over-cancels", "signal-offset-is-loudness"),
    ),
    FaultKind(
        "it cannot be installed",
        seen=("resolution::every_system_gets_what_a_session_needs_from_wheels",),
        brothers=(
            "resolution::nothing_is_built_but_what_is_of_python_alone",
            "cli/without_ears::doctor_tells_every_ear_that_is_missing_and_the_cure",
            "cli/without_ears::a_file_cannot_be_listened_to_without_an_ear_and_that_is_one_line",
            "cli/without_ears::a_session_without_ears_is_led_to_its_end",
        ),
        unchanged=(
            "resolution::a_wheel_that_is_missing_is_noticed",
            "cli/without_ears::doctor_calls_one_missing_ear_no_problem_where_another_hears",
        ),
    ),
    FaultKind(
        "place and time from the surroundings",
        seen=("faults/place::a_script_is_named_by_its_place_and_another_of_its_name_is_not_led",),
        brothers=(
            "faults/place::neither_a_copied_file_nor_a_clock_that_is_set_decides",
            "faults/place::the_newest_is_the_one_that_was_written_last_whatever_the_clock_said",
            "faults/place::a_script_that_is_gone_is_named_with_its_place",
            "faults/place::a_link_that_leads_elsewhere_by_now_changes_nothing",
            "files/history::a_day_stays_the_day_it_was_in_every_time_zone_and_through_summer_time",
        ),
        unchanged=(
            "faults/place::a_routine_that_comes_along_is_named_by_its_name",
            "faults/place::an_interrupted_session_is_offered",
        ),
    ),
    FaultKind(
        "nobody keeps things awake",
        seen=(
            "sound/floor::there_is_no_digital_silence_while_nothing_is_said",
            "sound/floor::a_loudspeaker_has_half_a_second_to_wake_up",
            "backends/awake::it_is_held_until_the_session_is_over",
        ),
        brothers=(
            "backends/awake::it_is_let_go_however_the_player_ends",
            "backends/awake::what_cannot_be_had_is_told_once_with_its_reason",
            "sound/floor::it_is_there_at_any_volume_and_under_everything",
        ),
        unchanged=(
            "sound/floor::a_session_without_a_floor_is_silent_to_the_bit",
            "backends/awake::a_session_that_is_over_at_once_tells_of_no_refusal",
        ),
    ),
    FaultKind(
        "terminal and environment",
        seen=(
            "cli/terminal_endings::told_to_end_it_shows_the_cursor_again_and_gives_the_terminal_back",
            "cli/terminal_endings::an_output_that_is_closed_or_full_is_no_error",
            "cli/terminal_endings::a_user_without_a_home_is_told_what_to_do_and_player_home_is_enough",
            "cli/terminal_endings::plain_is_one_line_for_each_event_and_no_escape_sequence",
        ),
        brothers=(
            "backends/terminal::a_crash_gives_the_terminal_back_too",
            "backends/terminal::while_it_is_stopped_the_terminal_is_as_it_was_and_then_its_own_again",
            "cli/terminal_endings::what_is_only_printed_needs_room_too_and_says_so_in_one_line",
            "cli/steady::what_has_no_place_in_the_encoding_is_replaced",
        ),
        unchanged=(
            "backends/terminal::what_a_shell_has_changed_after_a_crash_is_left_alone",
            "cli/steady::everything_is_written_in_order_before_it_is_finished",
        ),
    ),
    FaultKind(
        "files are what their names say",
        seen=(
            "backends/sound_kinds::a_file_is_of_the_kind_that_its_name_says",
            "cli/names_of_files::the_standard_output_carries_the_sound_alone",
            "backends/sound_kinds::the_sizes_that_a_killed_recorder_leaves_are_read_to_the_end",
            "cli/names_of_files::both_endings_are_checked_in_a_folder_and_made_by_new",
        ),
        brothers=(
            "backends/sound_kinds::a_flac_of_unknown_length_is_read_to_the_end",
            "backends/sound_kinds::a_file_that_was_cut_off_is_heard_as_far_as_it_goes_or_is_one_line",
            "cli/names_of_files::settings_are_read_under_both_endings",
            "cli/names_of_files::a_drawing_is_svg",
        ),
        unchanged=(
            "backends/sound_kinds::a_wav_that_is_empty_stays_without_sound",
            "backends/wav::writes_what_is_played_and_the_same_every_time",
        ),
    ),
    FaultKind(
        "said wrongly",
        seen=(
            "core/spoken_form::written_becomes_spoken",
            "files/speech::eyes_are_closed_and_not_close",
            "core/spoken_form::what_no_voice_speaks_is_named",
        ),
        brothers=(
            "core/spoken_form::every_number_up_to_a_million_is_words_alone",
            "voice/hibari_driver::the_list_of_pronunciations_is_obeyed_for_whole_words_in_any_case",
            "voice/hibari_driver::brackets_of_a_text_are_no_pronunciation",
        ),
        unchanged=(
            "core/spoken_form::twice_is_as_once_and_nothing_is_left_that_no_voice_speaks",
            "core/spoken_form::a_language_without_words_loses_only_what_cannot_be_spoken",
        ),
    ),
    FaultKind(
        "the bench on another machine",
        seen=(
            "ears/bench_voices::a_synthesizer_without_its_voice_is_not_there",
            "ears/bench_voices::what_a_child_died_of_is_one_line",
        ),
        brothers=(
            "ears/bench_voices::a_voice_that_another_would_speak_for_is_not_there",
            "ears/bench_voices::voices_of_espeak_are_tried_too",
            "ears/bench_voices::a_child_that_dies_ends_the_work_in_one_line",
        ),
        unchanged=("ears/bench::what_was_measured_before_the_ears_failed_is_kept",),
    ),
    FaultKind(
        "too few minutes",
        seen=("cli/minutes::a_time_that_is_too_short_is_told_with_the_shortest",),
        brothers=(
            "cli/minutes::a_session_tells_it_before_its_first_word",
            "cli/bad_input::a_time_out_of_range",
            "cli/names_of_files::what_one_session_takes_is_said_of_an_evening",
        ),
        unchanged=("cli/minutes::a_time_that_can_be_kept_is_nothing_to_tell",),
    ),
    FaultKind(
        "too soft, too narrow, no routine",
        seen=(
            "app/mic_check::speech_too_soft_to_be_heard_is_told_once_and_when_it_is_mended",
            "cli/names_of_files::what_is_no_routine_is_told_apart",
        ),
        brothers=(
            "ears/pipeline::how_long_there_was_speech_too_soft_to_be_heard_and_loud_enough",
            "backends/wav::any_rate_and_number_of_channels",
            "app/doctor_level::what_is_of_no_use_is_one_line",
        ),
        unchanged=(
            "app/mic_check::who_was_heard_may_murmur",
            "cli/names_of_files::whatever_is_yaml_is_led_whatever_its_name",
        ),
    ),
    FaultKind(
        "what a word means is where it began",
        seen=(
            "core/moments::next_said_as_a_step_ends_by_itself_skips_nothing_and_begins_nothing_twice",
            "session/past_moments::next_said_as_a_step_ends_skips_nothing",
        ),
        brothers=(
            "core/moments::around_every_boundary_a_command_means_where_its_word_began",
            "core/moments::what_another_command_has_overtaken_is_about_where_that_led",
            "page/page::a_button_is_pressed_at_its_moment",
        ),
        unchanged=(
            "session/past_moments::next_said_after_a_step_began_leaves_that_step",
            "core/moments::what_is_said_in_the_last_moment_of_a_session_still_counts",
        ),
        bugs=("moment-next-skips-what-began-by-itself", "moment-of-the-decision", "moment-of-a-button"),
    ),
    FaultKind(
        "old words",
        seen=("session/past_moments::what_was_decided_long_ago_is_told_and_not_obeyed",),
        brothers=(
            "session/past_moments::what_waited_while_we_were_stopped_is_as_old_as_it_is",
            "session/loop::a_word_that_was_begun_before_this_plan_was_meant_for_another",
            "page/beside::a_button_that_was_pressed_while_the_player_was_stopped_is_told_and_not_obeyed",
        ),
        unchanged=(
            "session/past_moments::an_old_stop_still_stops",
            "session/past_moments::a_word_that_was_long_in_being_said_is_not_old",
            "session/past_moments::ears_that_are_slow_are_not_old",
        ),
        bugs=("old-words-obeyed", "old-stop-ignored", "old-words-look-fresh"),
    ),
    FaultKind(
        "nothing keeps “stop” waiting",
        seen=(
            "faults/waiting::stop_is_taken_at_once_whatever_hangs",
            "session/reconnecting_voice::a_clip_comes_without_being_waited_for",
        ),
        brothers=(
            "cli/steady::a_reader_that_reads_nothing_holds_nothing_up_and_memory_is_bounded",
            "faults/place::a_slow_disk_holds_up_neither_the_session_nor_the_next_line",
            "media_keys/media_keys::a_bus_that_does_not_answer_holds_nothing_up_for_long",
            "faults/stop::stop_ends_it",
        ),
        unchanged=("session/reconnecting_voice::a_voice_that_is_slow_is_not_lost",),
        bugs=("waits-for-a-clip", "waits-for-a-reader", "a-deaf-bus-holds-a-session-up"),
    ),
    FaultKind(
        "what is missing may come later",
        seen=(
            "faults/reconnecting::one_that_is_missing_at_the_start_is_stood_in_for_and_taken_up_when_it_comes",
            "app/presence::ears_that_come_later_are_taken_up_and_told_once",
            "app/presence::what_is_lost_ten_times_in_a_row_is_told_once_and_found_once",
        ),
        brothers=(
            "app/presence::ears_that_never_come_are_looked_for_less_and_less_and_end_with_the_session",
            "ears/ears_worker::a_microphone_that_was_lost_is_opened_again",
            "media_keys/media_keys::a_bus_that_dies_is_told_of_and_the_keys_come_back_with_it",
        ),
        unchanged=("app/presence::who_was_never_lost_is_never_found",),
        bugs=("missing-ears-tried-once", "missing-told-each-time", "missing-loudspeaker-given-up"),
    ),
    FaultKind(
        "every file may be wrong",
        seen=(
            "cli/wrong_files::a_read_only_folder_that_was_used_before_is_told_and_led",
            "cli/wrong_files::files_that_were_root_s_once_are_told_and_led",
            "cli/wrong_files::a_lock_that_cannot_be_is_told_and_does_without",
            "cli/wrong_files::folders_that_are_called_journals_are_none_and_stay",
            "cli/wrong_files::a_file_of_one_s_voice_that_is_nested_without_end_is_damaged",
        ),
        brothers=(
            "cli/wrong_files::a_folder_of_journals_that_is_a_file_is_told",
            "cli/wrong_files::a_folder_that_is_a_file_is_told_once",
            "files/history::a_file_that_cannot_be_used_says_so_and_is_kept_aside",
        ),
        unchanged=("cli/wrong_files::settings_that_are_wrong_are_still_refused",),
    ),
    FaultKind(
        "limits of the machine",
        seen=(
            "backends/limits::without_descriptors_no_library_of_sound_is_asked",
            "backends/limits::without_threads_a_device_cannot_be_had_and_that_is_all",
            "cli/short_of_memory::it_is_one_line_with_the_cure",
        ),
        brothers=(
            "session/reconnecting_voice::a_machine_without_threads_left_is_waited_out",
            "faults/place::a_full_disk_is_told_once_and_nothing_is_lost_when_there_is_room",
            "cli/wrong_files::a_limit_to_the_size_of_files_costs_the_journal_and_not_the_session",
        ),
        unchanged=("cli/short_of_memory::a_bug_stays_a_bug",),
    ),
    FaultKind(
        "resume compares what matters",
        seen=("faults/place::in_a_changed_script_only_a_step_that_changed_begins_anew",),
        brothers=(
            "faults/place::what_was_done_in_unchanged_steps_counts_on",
            "faults/place::answers_to_questions_that_stand_as_they_were_are_kept",
            "faults/place::a_journal_that_does_not_say_what_its_steps_asked_for_begins_the_step_anew",
        ),
        unchanged=(
            "faults/place::a_changed_script_without_the_step_says_so",
            "core/engine_laws::an_interrupted_session_goes_on_with_the_same_doses",
        ),
    ),
    FaultKind(
        "hang-up",
        seen=(
            "cli/terminal_endings::a_hang_up_that_is_ignored_is_led_on_and_ends_without_a_traceback",
            "backends/terminal::a_hang_up_that_is_ignored_leads_on_and_ends_without_a_traceback",
        ),
        brothers=(
            "backends/terminal::told_to_end_it_gives_the_terminal_back",
            "cli/bad_input::a_reader_that_leaves_does_not_end_the_session",
            "cli/steady::a_reader_that_is_gone_is_no_error",
        ),
        unchanged=("cli/keys::an_interrupt_ends_it_with_its_own_code_and_gives_the_terminal_back",),
    ),
    FaultKind(
        "the end of a step's work; children; downloads",
        seen=(
            "core/engine_laws::the_end_of_a_steps_work_is_left_for_that_work_only_when_it_is_asked_for",
            "environment::the_voice_is_told_no_secret_and_dumps_no_core",
            "models/models_download::what_is_on_its_way_is_private",
        ),
        brothers=(
            "session/past_moments::kept_places_go_back_only_by_a_command_and_stand_still_in_a_pause",
            "environment::a_worker_is_told_no_secret",
            "models/models_unpack::a_good_archive_comes_out_whole_and_private",
        ),
        unchanged=("environment::what_a_child_needs_is_passed_on",),
    ),
)
