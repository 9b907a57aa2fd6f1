"""Every address of the site, on one page, in the order of the road. All stand below a language: /fr/…"""

from django.urls import path

from .views import (
    amending,
    clauses,
    completing,
    declarations,
    editions,
    feeds,
    findings,
    followup,
    forums,
    groups,
    handing_in,
    listening,
    opendata,
    outbox,
    participants,
    receipts,
    recommendations,
    responses,
    reviews,
    search,
    seats,
    stands,
    testimonies,
    verifying,
    voices,
    wordings,
)

urlpatterns = [
    # seats
    path("enter/<str:token>/", seats.seat_enter, name="seat-enter"),
    path("seats/<int:pk>/choose/", seats.seat_choose, name="seat-choose"),
    path("seats/leave/", seats.seat_leave, name="seat-leave"),
    # forums
    path("", forums.home, name="home"),
    path("<slug:forum>/", forums.forum_detail, name="forum-detail"),
    # participants
    path("<slug:forum>/participants/", participants.participant_list, name="participant-list"),
    # groups
    path("<slug:forum>/groups/", groups.group_list, name="group-list"),
    path("<slug:forum>/desk/sessions/<int:pk>/", completing.session_minutes, name="session-minutes"),
    # testimonies
    path("<slug:forum>/testimonies/new/", testimonies.testimony_new, name="testimony-new"),
    path("<slug:forum>/testimonies/stopped/", testimonies.testimony_stopped, name="testimony-stopped"),
    path("<slug:forum>/testimonies/take/", testimonies.testimony_take, name="testimony-take"),
    path("<slug:forum>/testimonies/take/worker.js", outbox.desk_worker, name="desk-worker"),
    path("<slug:forum>/testimonies/outbox/", outbox.testimony_outbox, name="testimony-outbox"),
    path("<slug:forum>/testimonies/receipt/", receipts.testimony_receipt, name="testimony-receipt"),
    path("<slug:forum>/testimonies/receipt/consent/", receipts.testimony_consent, name="testimony-consent"),
    path("<slug:forum>/testimonies/receipt/withdraw/", receipts.testimony_withdraw, name="testimony-withdraw"),
    path("<slug:forum>/testimonies/listen/<uuid:pk>/", listening.screen_listen, name="screen-listen"),
    path("<slug:forum>/promises/", testimonies.promise_detail, name="promise-detail"),
    # findings
    path("<slug:forum>/heard/", findings.finding_list, name="finding-list"),
    # recommendations
    path("<slug:forum>/recommendations/", recommendations.recommendation_list, name="recommendation-list"),
    path(
        "<slug:forum>/recommendations/<int:number>/",
        recommendations.recommendation_detail,
        name="recommendation-detail",
    ),
    path("<slug:forum>/desk/recommendations/", handing_in.recommendation_desk, name="recommendation-desk"),
    path("<slug:forum>/desk/recommendations/paste/", handing_in.recommendation_paste, name="recommendation-paste"),
    path("<slug:forum>/desk/recommendations/kit/", handing_in.recommendation_kit, name="recommendation-kit"),
    path(
        "<slug:forum>/desk/recommendations/hand-in/", handing_in.recommendation_hand_in, name="recommendation-hand-in"
    ),
    path("<slug:forum>/desk/recommendations/<int:number>/", completing.recommendation_edit, name="recommendation-edit"),
    path(
        "<slug:forum>/desk/recommendations/<int:number>/complete/",
        completing.recommendation_complete,
        name="recommendation-complete",
    ),
    path(
        "<slug:forum>/desk/recommendations/<int:number>/word/",
        completing.recommendation_word,
        name="recommendation-word",
    ),
    path(
        "<slug:forum>/desk/recommendations/<int:number>/ground/",
        completing.recommendation_ground,
        name="recommendation-ground",
    ),
    path(
        "<slug:forum>/desk/recommendations/<int:number>/ground/<int:pk>/drop/",
        completing.recommendation_unground,
        name="recommendation-unground",
    ),
    path("<slug:forum>/desk/reviews/", reviews.review_desk, name="review-desk"),
    path("<slug:forum>/desk/reviews/<int:number>/", reviews.review_edit, name="review-edit"),
    path("<slug:forum>/recommendations/<int:number>/stand/", stands.recommendation_stand, name="recommendation-stand"),
    # declarations
    path("<slug:forum>/desk/wordings/", wordings.wording_desk, name="wording-desk"),
    path("<slug:forum>/desk/wordings/<slug:identifier>/", wordings.wording_edit, name="wording-edit"),
    path("<slug:forum>/desk/wordings/<slug:identifier>/approve/", wordings.wording_approve, name="wording-approve"),
    path("<slug:forum>/declaration/", declarations.declaration_detail, name="declaration-detail"),
    path("<slug:forum>/declaration/clauses/", clauses.clause_list, name="clause-list"),
    path("<slug:forum>/declaration/clauses/<slug:identifier>/", clauses.clause_detail, name="clause-detail"),
    # amendments
    path("<slug:forum>/desk/amendments/", amending.amendment_desk, name="amendment-desk"),
    path("<slug:forum>/desk/amendments/<int:pk>/withdraw/", amending.amendment_withdraw, name="amendment-withdraw"),
    path("<slug:forum>/desk/amendments/<slug:identifier>/", amending.amendment_propose, name="amendment-propose"),
    # editions
    path("<slug:forum>/declaration/editions/", editions.edition_list, name="edition-list"),
    path("<slug:forum>/declaration/editions/feed/", feeds.edition_feed, name="edition-feed"),
    path("<slug:forum>/declaration/editions/<int:number>/", editions.edition_detail, name="edition-detail"),
    path(
        "<slug:forum>/declaration/editions/<int:number>/declaration.<str:language>.<slug:extension>",
        editions.edition_file,
        name="edition-file",
    ),
    path("<slug:forum>/declaration/voices.<str:language>.<slug:extension>", voices.voices_today, name="voices"),
    path(
        "<slug:forum>/declaration/editions/<int:number>/manifest.json",
        editions.edition_manifest,
        name="edition-manifest",
    ),
    path(
        "<slug:forum>/declaration/editions/<int:number>/manifest.json.sig",
        editions.edition_signature,
        name="edition-signature",
    ),
    path("<slug:forum>/verify/", verifying.verify, name="verify"),
    path("<slug:forum>/verify/yourself/", verifying.verify_yourself, name="verify-yourself"),
    path("<slug:forum>/verify/signing-key-<int:version>.pem", verifying.signing_key, name="signing-key"),
    # followup
    path("<slug:forum>/follow-up/", followup.followup_list, name="followup-list"),
    path("<slug:forum>/follow-up/feed/", feeds.followup_feed, name="followup-feed"),
    path("<slug:forum>/search/", search.search_list, name="search"),
    path("<slug:forum>/data/", opendata.data_detail, name="data-detail"),
    path("<slug:forum>/data/openapi.json", opendata.data_openapi, name="data-openapi"),
    path("<slug:forum>/data/catalogue.jsonld", opendata.data_catalogue, name="data-catalogue"),
    path("<slug:forum>/data/edition.schema.json", opendata.data_schema, name="data-schema"),
    path("<slug:forum>/data/v1/<slug:dataset>.json", opendata.data_set, name="data-set"),
    path("<slug:forum>/data/v1/<slug:dataset>.csv", opendata.data_table, name="data-table"),
    path("<slug:forum>/desk/responses/", responses.response_desk, name="response-desk"),
    path("<slug:forum>/desk/responses/<slug:identifier>/", responses.response_edit, name="response-edit"),
    path("<slug:forum>/desk/responses/<slug:identifier>/promise/", responses.response_promise, name="response-promise"),
    path("<slug:forum>/desk/commitments/<int:pk>/", responses.commitment_report, name="commitment-report"),
]
